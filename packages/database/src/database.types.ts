export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  // Allows to automatically instantiate createClient with right options
  // instead of createClient<Database, { PostgrestVersion: 'XX' }>(URL, KEY)
  __InternalSupabase: {
    PostgrestVersion: "14"
  }
  public: {
    Tables: {
      audit_events: {
        Row: {
          action: string
          actor_id: string | null
          after: Json | null
          before: Json | null
          code: string | null
          happened_at: string
          id: number
          organization_id: string | null
          outcome: Database["public"]["Enums"]["audit_outcome"]
          request_id: string | null
          subject_id: string | null
          subject_kind: string | null
        }
        Insert: {
          action: string
          actor_id?: string | null
          after?: Json | null
          before?: Json | null
          code?: string | null
          happened_at?: string
          id?: never
          organization_id?: string | null
          outcome?: Database["public"]["Enums"]["audit_outcome"]
          request_id?: string | null
          subject_id?: string | null
          subject_kind?: string | null
        }
        Update: {
          action?: string
          actor_id?: string | null
          after?: Json | null
          before?: Json | null
          code?: string | null
          happened_at?: string
          id?: never
          organization_id?: string | null
          outcome?: Database["public"]["Enums"]["audit_outcome"]
          request_id?: string | null
          subject_id?: string | null
          subject_kind?: string | null
        }
        Relationships: []
      }
      categories: {
        Row: {
          color: string
          created_at: string
          description_ar: string
          description_en: string
          icon: string
          id: string
          name_ar: string
          name_en: string
          position: number
          slug: string
          topic_count: number
          updated_at: string
        }
        Insert: {
          color?: string
          created_at?: string
          description_ar?: string
          description_en?: string
          icon?: string
          id?: string
          name_ar: string
          name_en: string
          position?: number
          slug: string
          topic_count?: number
          updated_at?: string
        }
        Update: {
          color?: string
          created_at?: string
          description_ar?: string
          description_en?: string
          icon?: string
          id?: string
          name_ar?: string
          name_en?: string
          position?: number
          slug?: string
          topic_count?: number
          updated_at?: string
        }
        Relationships: []
      }
      memberships: {
        Row: {
          created_at: string
          organization_id: string
          role: Database["public"]["Enums"]["member_role"]
          user_id: string
        }
        Insert: {
          created_at?: string
          organization_id: string
          role?: Database["public"]["Enums"]["member_role"]
          user_id: string
        }
        Update: {
          created_at?: string
          organization_id?: string
          role?: Database["public"]["Enums"]["member_role"]
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "memberships_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "memberships_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      organizations: {
        Row: {
          created_at: string
          domain: string | null
          id: string
          name: string
          status: Database["public"]["Enums"]["organization_status"]
          updated_at: string
        }
        Insert: {
          created_at?: string
          domain?: string | null
          id?: string
          name: string
          status?: Database["public"]["Enums"]["organization_status"]
          updated_at?: string
        }
        Update: {
          created_at?: string
          domain?: string | null
          id?: string
          name?: string
          status?: Database["public"]["Enums"]["organization_status"]
          updated_at?: string
        }
        Relationships: []
      }
      platform_roles: {
        Row: {
          created_at: string
          role: Database["public"]["Enums"]["platform_role"]
          user_id: string
        }
        Insert: {
          created_at?: string
          role: Database["public"]["Enums"]["platform_role"]
          user_id: string
        }
        Update: {
          created_at?: string
          role?: Database["public"]["Enums"]["platform_role"]
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "platform_roles_user_id_fkey"
            columns: ["user_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      posts: {
        Row: {
          author_id: string | null
          body: Json | null
          body_text: string | null
          created_at: string
          deleted_at: string | null
          edited_at: string | null
          id: string
          number: number
          organization_id: string
          parent_id: string | null
          topic_id: string
          visibility: Database["public"]["Enums"]["visibility"]
        }
        Insert: {
          author_id?: string | null
          body?: Json | null
          body_text?: never
          created_at?: string
          deleted_at?: string | null
          edited_at?: string | null
          id?: string
          number: number
          organization_id: string
          parent_id?: string | null
          topic_id: string
          visibility: Database["public"]["Enums"]["visibility"]
        }
        Update: {
          author_id?: string | null
          body?: Json | null
          body_text?: never
          created_at?: string
          deleted_at?: string | null
          edited_at?: string | null
          id?: string
          number?: number
          organization_id?: string
          parent_id?: string | null
          topic_id?: string
          visibility?: Database["public"]["Enums"]["visibility"]
        }
        Relationships: [
          {
            foreignKeyName: "answers_stay_in_their_topic"
            columns: ["topic_id", "parent_id"]
            referencedRelation: "posts"
            referencedColumns: ["topic_id", "id"]
          },
          {
            foreignKeyName: "posts_author_id_fkey"
            columns: ["author_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "posts_topic_id_visibility_organization_id_fkey"
            columns: ["topic_id", "visibility", "organization_id"]
            referencedRelation: "topics"
            referencedColumns: ["id", "visibility", "organization_id"]
          },
        ]
      }
      profiles: {
        Row: {
          avatar: Json | null
          created_at: string
          first_name: string
          first_name_ar: string | null
          id: string
          job_title: string | null
          last_name: string
          last_name_ar: string | null
          locale: Database["public"]["Enums"]["locale"]
          name_folded: string
          status: Database["public"]["Enums"]["person_status"]
          time_zone: string
          updated_at: string
        }
        Insert: {
          avatar?: Json | null
          created_at?: string
          first_name: string
          first_name_ar?: string | null
          id: string
          job_title?: string | null
          last_name: string
          last_name_ar?: string | null
          locale?: Database["public"]["Enums"]["locale"]
          name_folded?: never
          status?: Database["public"]["Enums"]["person_status"]
          time_zone?: string
          updated_at?: string
        }
        Update: {
          avatar?: Json | null
          created_at?: string
          first_name?: string
          first_name_ar?: string | null
          id?: string
          job_title?: string | null
          last_name?: string
          last_name_ar?: string | null
          locale?: Database["public"]["Enums"]["locale"]
          name_folded?: never
          status?: Database["public"]["Enums"]["person_status"]
          time_zone?: string
          updated_at?: string
        }
        Relationships: []
      }
      topics: {
        Row: {
          author_id: string | null
          category_id: string
          created_at: string
          deleted_at: string | null
          id: string
          is_pinned: boolean
          last_author_id: string | null
          last_number: number
          last_post_at: string
          locked_at: string | null
          organization_id: string
          pinned_at: string | null
          reply_count: number
          title: string
          updated_at: string
          visibility: Database["public"]["Enums"]["visibility"]
        }
        Insert: {
          author_id?: string | null
          category_id: string
          created_at?: string
          deleted_at?: string | null
          id?: string
          is_pinned?: never
          last_author_id?: string | null
          last_number?: number
          last_post_at?: string
          locked_at?: string | null
          organization_id: string
          pinned_at?: string | null
          reply_count?: number
          title: string
          updated_at?: string
          visibility: Database["public"]["Enums"]["visibility"]
        }
        Update: {
          author_id?: string | null
          category_id?: string
          created_at?: string
          deleted_at?: string | null
          id?: string
          is_pinned?: never
          last_author_id?: string | null
          last_number?: number
          last_post_at?: string
          locked_at?: string | null
          organization_id?: string
          pinned_at?: string | null
          reply_count?: number
          title?: string
          updated_at?: string
          visibility?: Database["public"]["Enums"]["visibility"]
        }
        Relationships: [
          {
            foreignKeyName: "topics_author_id_fkey"
            columns: ["author_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "topics_category_id_fkey"
            columns: ["category_id"]
            referencedRelation: "categories"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "topics_last_author_id_fkey"
            columns: ["last_author_id"]
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "topics_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      delete_post: { Args: { post: string }; Returns: undefined }
      edit_post: { Args: { body: Json; post: string }; Returns: Json }
      forget_unverified_signup: { Args: { email: string }; Returns: boolean }
      list_categories: {
        Args: Record<PropertyKey, never>
        Returns: {
          color: string
          description_ar: string
          description_en: string
          icon: string
          id: string
          last_post_at: string
          name_ar: string
          name_en: string
          slug: string
          topic_count: number
        }[]
      }
      list_topics: {
        Args: { after?: string; category?: string; size?: number }
        Returns: Json
      }
      me: { Args: Record<PropertyKey, never>; Returns: Json }
      open_topic: {
        Args: {
          body: Json
          category: string
          id?: string
          title: string
          visibility?: Database["public"]["Enums"]["visibility"]
        }
        Returns: string
      }
      platform_health: { Args: Record<PropertyKey, never>; Returns: Json }
      reply: {
        Args: { body: Json; id?: string; parent?: string; topic: string }
        Returns: Json
      }
      signup_fault: { Args: { email: string; metadata: Json }; Returns: string }
      take_rate_limit: {
        Args: {
          bucket: string
          max_hits: number
          subject: string
          window_seconds: number
        }
        Returns: Json
      }
      topic_page: {
        Args: { after?: string; size?: number; topic: string }
        Returns: Json
      }
    }
    Enums: {
      audit_outcome: "done" | "refused"
      locale: "ar" | "en"
      member_role: "member" | "admin"
      organization_status: "pending" | "active" | "suspended"
      person_status: "pending" | "active" | "deactivated"
      platform_role: "moderator" | "admin"
      visibility: "community" | "organization"
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {
      audit_outcome: ["done", "refused"],
      locale: ["ar", "en"],
      member_role: ["member", "admin"],
      organization_status: ["pending", "active", "suspended"],
      person_status: ["pending", "active", "deactivated"],
      platform_role: ["moderator", "admin"],
      visibility: ["community", "organization"],
    },
  },
} as const
